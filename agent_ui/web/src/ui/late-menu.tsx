/** A menu whose parts are fetched after the page stands, or when somebody reaches for it; until then it is its button. */

import type { Menu, MenuProps } from '@mantine/core';
import {
  cloneElement,
  createContext,
  type KeyboardEventHandler,
  type ReactElement,
  type ReactNode,
  useContext,
  useEffect,
  useRef,
  useState,
} from 'react';

type Parts = typeof Menu;

let kept: Parts | undefined;

async function fetched(): Promise<Parts> {
  kept ??= (await import('./menu')).Menu;
  return kept;
}

/** For what the page does when it has nothing else to do. */
export const fetchMenus = () => void fetched().catch(() => undefined);

const Given = createContext<Parts | null>(null);

/** The parts, for what stands inside a `LateMenu`. */
export function useMenu(): Parts {
  const parts = useContext(Given);
  if (!parts) throw new Error('this stands in no menu');
  return parts;
}

interface Props extends Pick<MenuProps, 'position' | 'width'> {
  button: ReactElement<Record<string, unknown>>;
  children: ReactNode;
  opened?: boolean;
  onChange?(opened: boolean): void;
  onKeyDown?: KeyboardEventHandler<HTMLElement>;
}

export function LateMenu({ button, children, opened, onChange, onKeyDown, ...place }: Props) {
  const [own, setOwn] = useState(false);
  const [parts, setParts] = useState<{ Menu: Parts }>();
  const [ready, setReady] = useState(false);
  const target = useRef<HTMLElement>(null);
  const wanted = opened ?? own;
  const change = onChange ?? setOwn;

  useEffect(() => {
    if (!wanted || parts) return;
    let here = true;
    fetched().then(
      Menu => here && setParts({ Menu }),
      () => here && change(false),
    );
    return () => {
      here = false;
    };
  }, [wanted, parts, change]);

  // The button is another one now; the menu gives the focus back to who had it before it opened.
  useEffect(() => {
    if (!parts) return;
    target.current?.focus({ preventScroll: true });
    setReady(true);
  }, [parts]);

  if (!parts) {
    const reach = { onClick: () => change(true), onPointerEnter: fetchMenus, onFocus: fetchMenus };
    return cloneElement(button, { 'aria-haspopup': 'menu', 'aria-expanded': false, ...reach });
  }
  const { Menu } = parts;
  return (
    <Given value={Menu}>
      <Menu opened={wanted && ready} onChange={change} {...place}>
        <Menu.Target>{cloneElement(button, { ref: target })}</Menu.Target>
        <Menu.Dropdown onKeyDown={onKeyDown}>{children}</Menu.Dropdown>
      </Menu>
    </Given>
  );
}
