import { useEffect, useState } from 'preact/hooks';

/** How long nothing must be typed before it is searched. */
const PAUSE_MS = 250;

interface Props {
  label: string;
  value: string;
  onSearch: (text: string) => void;
}

/** A search field; `/` goes there. Searches when the typing pauses. */
export function Search({ label, value, onSearch }: Props) {
  const [typed, setTyped] = useState(value);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onSearch(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <input
      type="search"
      class="input search"
      aria-label={label}
      placeholder={label}
      value={typed}
      onInput={(event) => setTyped(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') onSearch(typed);
        if (event.key === 'Escape') event.currentTarget.blur();
      }}
    />
  );
}
