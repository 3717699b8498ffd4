/** Opens the window for a text to many. */

import { Button } from '@mantine/core';
import { MessageSquare } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useT } from '../i18n';
import { usePicture } from '../live';

const MessageWindow = lazy(() => import('./message-window'));

export function WriteButton() {
  const t = useT();
  const [open, setOpen] = useState(false);
  const can = usePicture(picture => picture.me.can.includes('message'));
  if (!can) return null;
  return (
    <>
      <Button
        size="compact-md"
        variant="default"
        leftSection={<MessageSquare size={16} aria-hidden="true" />}
        onClick={() => setOpen(true)}
      >
        {t('steer.write')}
      </Button>
      {open && (
        <Suspense fallback={null}>
          <MessageWindow close={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
