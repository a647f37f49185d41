import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

/** Rows drawn beyond those in sight, so that quick scrolling shows no blank. */
const SPARE = 12;

/** Which of `count` rows of `height` px are in sight of a scroll area, with some to spare: from `first` to before `last`. */
export function useWindow(box: RefObject<HTMLElement | null>, count: number, height: number) {
  const [sight, setSight] = useState({ first: 0, last: Math.min(count, 50) });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => {
      // What scrolls is the box itself where it has a height, else the page.
      const own = element.scrollHeight > element.clientHeight + 1;
      const above = own ? element.scrollTop : Math.max(0, -element.getBoundingClientRect().top);
      const seen = own ? element.clientHeight : window.innerHeight;
      // In steps, so that scrolling draws now and then instead of always.
      const first = Math.max(0, Math.floor((above / height - SPARE) / 6) * 6);
      const last = Math.min(count, Math.ceil((above + seen) / height / 6) * 6 + SPARE);
      setSight((was) => (was.first === first && was.last === last ? was : { first: Math.min(first, last), last }));
    };
    look();
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    window.addEventListener('scroll', look, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener('scroll', look);
      window.removeEventListener('scroll', look);
    };
  }, [box, count, height]);
  return { first: Math.min(sight.first, count), last: Math.min(Math.max(sight.last, 0), count) };
}
