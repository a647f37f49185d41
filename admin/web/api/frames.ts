/**
 * Collects what comes in and hands it over once per animation frame, so that many small events cost one drawing. In a hidden
 * tab, where no frames come, once a second.
 */
export function perFrame<Item>(take: (items: Item[]) => void): { add: (item: Item) => void; stop: () => void } {
  let items: Item[] = [];
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    frame = 0;
    timer = undefined;
    const taken = items;
    items = [];
    if (taken.length > 0) take(taken);
  };
  return {
    add(item) {
      items.push(item);
      if (frame) return;
      frame = requestAnimationFrame(flush);
      timer = setTimeout(flush, 1000);
    },
    stop() {
      items = [];
      flush();
    },
  };
}
