/** Where the adapter writes what happens. A pino logger is one. */
export interface Log {
  info(values: object, message: string): void;
  warn(values: object, message: string): void;
}
