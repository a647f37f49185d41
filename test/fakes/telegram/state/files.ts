import { problem } from '../problems.ts';

/** A file that somebody sent. */
export class StoredFile {
  readonly id: string;
  readonly name: string;
  readonly mime: string;
  readonly bytes: Buffer;

  constructor(id: string, name: string, mime: string, bytes: Buffer) {
    this.id = id;
    this.name = name;
    this.mime = mime;
    this.bytes = bytes;
  }

  get path(): string {
    return `documents/${this.id}/${this.name}`;
  }

  json() {
    return {
      file_name: this.name,
      mime_type: this.mime,
      file_id: this.id,
      file_unique_id: `u${this.id}`,
      file_size: this.bytes.length,
    };
  }
}

/** All files. They can be away: then nothing is sent, named or fetched. */
export class Files {
  readonly #files = new Map<string, StoredFile>();
  on = true;

  add({ name, mime = 'application/octet-stream', bytes }: { name: string; mime?: string; bytes: Buffer }): StoredFile {
    this.#working();
    if (bytes.length === 0) throw problem('emptyFile');
    const file = new StoredFile(`file-${this.#files.size + 1}`, name, mime, bytes);
    this.#files.set(file.id, file);
    return file;
  }

  /** @throws ApiError when there is none. */
  get(id: string): StoredFile {
    this.#working();
    const file = this.#files.get(id);
    if (!file) throw problem('fileId');
    return file;
  }

  at(path: string): StoredFile | undefined {
    return this.on ? [...this.#files.values()].find((file) => file.path === path) : undefined;
  }

  #working(): void {
    if (!this.on) throw problem('fileOff');
  }
}
