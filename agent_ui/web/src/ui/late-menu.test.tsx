// @vitest-environment happy-dom

import { UnstyledButton } from '@mantine/core';
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, test, vi } from 'vitest';
import { page } from '../test-page';
import { LateMenu, useMenu } from './late-menu';

function Items({ chosen }: { chosen(): void }) {
  const Menu = useMenu();
  return <Menu.Item onClick={chosen}>Lunch</Menu.Item>;
}

const button = <UnstyledButton>Pause</UnstyledButton>;

test('a click fetches the menu and opens it; Escape closes it and gives the focus back', async () => {
  const chosen = vi.fn();
  await page(
    <LateMenu button={button}>
      <Items chosen={chosen} />
    </LateMenu>,
  );
  expect(screen.getByRole('button', { name: 'Pause', expanded: false }).getAttribute('aria-haspopup')).toBe(
    'menu',
  );
  await userEvent.click(screen.getByRole('button', { name: 'Pause' }));
  await screen.findByRole('menuitem', { name: 'Lunch' });
  await userEvent.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('menuitem')).toBeNull());
  await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Pause' })));
  await userEvent.keyboard('{Enter}');
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Lunch' }));
  expect(chosen).toHaveBeenCalledTimes(1);
});

test('who holds it opens it from elsewhere', async () => {
  function Held() {
    const [opened, setOpened] = useState(false);
    return (
      <>
        <button type="button" onClick={() => setOpened(true)}>
          Elsewhere
        </button>
        <LateMenu button={button} opened={opened} onChange={setOpened}>
          <Items chosen={() => undefined} />
        </LateMenu>
      </>
    );
  }
  await page(<Held />);
  await userEvent.click(screen.getByRole('button', { name: 'Elsewhere' }));
  await screen.findByRole('menuitem', { name: 'Lunch' });
});
