// JSON text broken into lines, and nothing else changed. Pure.

/** Line breaks only: a number keeps the digits it came with, which parsing and writing again would not promise. */
export function pretty(text: string): string {
  let depth = 0;
  return text.replace(/"(?:[^"\\]|\\.)*"|\{\s*\}|\[\s*\]|[{}[\],:]|\s+/g, (token) => {
    if (/^\s/.test(token)) return '';
    if (/^[{[]\s*[}\]]$/.test(token)) return token.charAt(0) + token.slice(-1);
    if (token === '{' || token === '[') {
      depth += 1;
      return `${token}\n${'  '.repeat(depth)}`;
    }
    if (token === '}' || token === ']') {
      depth = Math.max(0, depth - 1);
      return `\n${'  '.repeat(depth)}${token}`;
    }
    if (token === ',') return `,\n${'  '.repeat(depth)}`;
    return token === ':' ? ': ' : token;
  });
}
