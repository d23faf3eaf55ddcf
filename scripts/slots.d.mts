export function needs(text: string): { slots: string[]; constants: string[]; types: string[] };
export function withNeeds(text: string): string;
export function shaderFiles(): { name: string; text: string }[];
