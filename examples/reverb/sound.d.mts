export declare const RATE: number;

export declare function noise(count: number, seed: number): Float32Array<ArrayBuffer>;

export declare function pluck(frequency: number, seconds: number): Float32Array<ArrayBuffer>;

export declare function melody(seconds: number): Float32Array<ArrayBuffer>;

export declare function room(seconds: number, channels?: number): Float32Array<ArrayBuffer>[];

export declare function toWav(channels: readonly Float32Array[]): Uint8Array<ArrayBuffer>;

export declare function fromWav(bytes: Uint8Array): Float32Array<ArrayBuffer>[];
