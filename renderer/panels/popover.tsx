// A floating panel that closes on Escape, on a click elsewhere, and gives the focus back.
import { useEffect, useRef } from 'preact/hooks';
import type { ComponentChildren } from 'preact';

type Props = {
  readonly class: string;
  readonly label: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
};

export const Popover = (props: Props) => {
  const ref = useRef<HTMLDivElement>(null);
  const { onClose } = props;
  useEffect(() => {
    const before = document.activeElement;
    ref.current?.querySelector<HTMLElement>('input, button')?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <>
      <div class="scrim" onPointerDown={onClose} />
      <div
        ref={ref}
        class={`popover ${props.class}`}
        role="dialog"
        aria-label={props.label}
        onKeyDown={(e) => {
          if (e.key !== 'Escape') return;
          e.stopPropagation();
          onClose();
        }}
      >
        {props.children}
      </div>
    </>
  );
};
