import { correction, generate } from 'lean-qr';
import { toSvgPath } from 'lean-qr/extras/svg';
import { useMemo } from 'preact/hooks';
import './qr-code.css';

/** The light margin that a camera needs around a code, in modules (ISO 18004). */
const MARGIN = 4;

/** A text as a QR code. Dark on light in every theme: not every app reads the inverse. */
export function QrCode({ value, label }: { value: string; label: string }) {
  const { size, path } = useMemo(() => {
    const code = generate(value, { minCorrectionLevel: correction.M });
    return { size: code.size + 2 * MARGIN, path: toSvgPath(code) };
  }, [value]);
  return (
    <svg class="qr-code" role="img" aria-label={label} viewBox={`${-MARGIN} ${-MARGIN} ${size} ${size}`}>
      <rect x={-MARGIN} y={-MARGIN} width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" shape-rendering="crispEdges" />
    </svg>
  );
}
