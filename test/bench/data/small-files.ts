/** Data set C: very many small files in nested folders, and the tiny ones of the growth test. */
import { mix } from './random.ts';
import { prose } from './text.ts';
import { homeOf, type TreePlan } from './tree.ts';

const FILES = 100_000;
const FILES_IN_FOLDER = 50;
const FOLDERS_IN_FOLDER = 20;

export function smallFiles(scale: number): TreePlan {
  return filesOf(Math.round(FILES * scale), { smallest: 1024, largest: 4096 });
}

/** Files of a few hundred bytes: what grows is their number. */
export function tinyFiles(files: number): TreePlan {
  return filesOf(files, { smallest: 100, largest: 400 });
}

function filesOf(files: number, { smallest, largest }: { smallest: number; largest: number }): TreePlan {
  return {
    files,
    pathOf: (file) => `${folderOf(Math.floor(homeOf(file, files) / FILES_IN_FOLDER))}/message-${file}.txt`,
    contentOf(file, day) {
      const content = Buffer.alloc(smallest + (mix(file, 40 + day) % (largest - smallest)));
      prose(content, mix(file, 42 + day));
      content.write(`Message ${file}, version ${day}\n`, 'latin1');
      return content;
    },
  };
}

function folderOf(folder: number): string {
  if (folder < FOLDERS_IN_FOLDER) return `part-${folder}`;
  return `${folderOf(Math.floor(folder / FOLDERS_IN_FOLDER))}/part-${folder}`;
}
