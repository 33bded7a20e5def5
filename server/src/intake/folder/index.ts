// The folder door.
export type { FileResult, FolderOptions, FolderWatcher } from './types.ts';
export { startFolder } from './watch.ts';
