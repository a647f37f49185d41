import { signal } from '@preact/signals';

/** The time, in ms since 1970, once a second: what shows how long something takes is drawn anew with it. */
export const clock = signal(Date.now());

setInterval(() => {
  clock.value = Date.now();
}, 1000);
