import { Button } from './button.tsx';
import { say } from './texts.ts';
import { toast } from './toast.tsx';

/** Something that is shown once, to be copied. */
export function Secret({ value, label }: { value: string; label: string }) {
  return (
    <div class="row">
      <input
        class="input mono grow"
        readOnly
        aria-label={label}
        value={value}
        onFocus={(event) => event.currentTarget.select()}
      />
      <Button
        onClick={async () => {
          await navigator.clipboard.writeText(value);
          toast(say().copied);
        }}
      >
        {say().copy}
      </Button>
    </div>
  );
}
