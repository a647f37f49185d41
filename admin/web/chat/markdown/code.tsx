import { useEffect, useState } from 'preact/hooks';
import { report } from '../../ui/toast.tsx';
import { say } from '../texts.ts';

/** A block of code, to be copied. */
export function Code({ language, text }: { language: string; text: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () =>
    navigator.clipboard
      .writeText(text)
      .then(() => setCopied(true))
      .catch(report);
  return (
    <figure class="code">
      <figcaption>
        <span class="mono">{language}</span>
        <button type="button" class="act" onClick={copy}>
          {copied ? say().copied : say().copy}
        </button>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
    </figure>
  );
}
