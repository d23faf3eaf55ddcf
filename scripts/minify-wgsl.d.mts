export function tokenise(text: string): string[];
export function minify(text: string): string;
