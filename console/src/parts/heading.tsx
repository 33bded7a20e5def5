// The one level-1 heading of a page. It names the page in the window's title, and takes the focus when one arrives by a link.
import { type ReactNode, useEffect, useRef } from 'react';

let arrivals = 0;

export function PageHeading({ title, children }: { title: string; children?: ReactNode }): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    arrivals += 1;
    // The first page of a visit keeps the browser's own focus, so that the skip link comes first.
    if (arrivals === 1) return;
    window.scrollTo(0, 0);
    heading.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    document.title = `${title} – Vouch`;
  }, [title]);
  return (
    <h1 className="nhsuk-heading-l v-page-heading" tabIndex={-1} ref={heading}>
      {children ?? title}
    </h1>
  );
}
