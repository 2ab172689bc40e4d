// A dialog over the window: Escape or a click beside it closes it, the focus stays inside and returns after.
import { useEffect, useRef } from 'preact/hooks';
import type { ComponentChildren } from 'preact';

type Props = {
  readonly label: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  readonly class?: string;
};

export const Sheet = ({ label, onClose, children, class: extra = '' }: Props) => {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      class={`sheet ${extra}`}
      aria-label={label}
      onCancel={(e) => {
        e.preventDefault();
        onClose();
      }}
      onPointerDown={(e) => {
        if (e.target === ref.current) onClose();
      }}
      onKeyDown={(e) => {
        if (e.key === 'Escape') e.stopPropagation();
      }}
    >
      <div class="sheet-body">{children}</div>
    </dialog>
  );
};
