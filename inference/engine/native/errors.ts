import { isErrorCode, reasonOf, WisecrackError } from '../../../errors.ts';

/** What the addon says while it opens a folder, as an error of ours with the same code. */
export function modelError(error: unknown, folder: string): WisecrackError {
  const code = codeOf(error);
  return new WisecrackError(isErrorCode(code) ? code : 'WISECRACK_MODEL_INVALID', describe(error, folder), {
    cause: error,
  });
}

/** What the addon says when it is asked for something impossible. */
export function requestError(error: unknown): WisecrackError {
  const code = codeOf(error);
  const wrong = error instanceof TypeError || error instanceof RangeError;
  const ours = isErrorCode(code) ? code : wrong ? 'WISECRACK_REQUEST_INVALID' : 'WISECRACK_ENGINE_FAILED';
  return new WisecrackError(ours, describe(error), { cause: error });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function describe(error: unknown, folder = ''): Record<string, string> {
  return { folder, device: 'cuda', reason: reasonOf(error) };
}
