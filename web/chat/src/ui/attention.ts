/**
 * Whether the person's keys are in a flow's controls. The control goes when its answer is taken, so this is
 * remembered over that moment, until the focus goes somewhere else.
 */
let inside = false;

export const isInFlow = (): boolean => inside;

export function enterFlow(): void {
  inside = true;
}

export function leaveFlow(event: FocusEvent): void {
  const to = event.relatedTarget as Element | null;
  if (to && !to.closest(".flow")) inside = false;
}
