import { type FSWatcher, watch } from 'node:fs';

/**
 * Calls `onChange` when something in a folder changed and has been quiet for `quiet` ms. Watches the folders, not the files: editors
 * replace a file by renaming another over it, and what watches the old file then sees nothing any more.
 *
 * @returns what ends the watching.
 */
export function watchFolders(folders: readonly string[], onChange: () => void, quiet = 150): () => void {
  let watchers: FSWatcher[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const changed = (delay = quiet) => {
    if (isClosed) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      // Opened anew before reading: the folder itself may have been replaced, and nothing may slip between.
      open();
      onChange();
    }, delay);
    timer.unref();
  };
  const close = () => {
    for (const watcher of watchers) watcher.close();
    watchers = [];
  };
  const open = () => {
    close();
    for (const folder of folders) {
      try {
        const watcher = watch(folder, { persistent: false }, () => changed());
        watcher.on('error', () => changed(1000));
        watchers.push(watcher);
      } catch {
        // Not there (yet): look again.
        changed(1000);
      }
    }
  };

  open();
  return () => {
    isClosed = true;
    clearTimeout(timer);
    close();
  };
}
