// Types of node-flags.mjs, which is JavaScript because it runs on any Node.
export const FLAGS: readonly string[];
export const MEMORY: { readonly [variable: string]: string };
