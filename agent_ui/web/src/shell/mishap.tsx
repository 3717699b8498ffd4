/** When drawing fails: the rest of the page stays, and a sentence says what to do. The live link is not touched. */

import { Button } from '@mantine/core';
import { CircleAlert } from 'lucide-react';
import { Component, type ReactNode } from 'react';
import { useT } from '../i18n';
import s from './shell.module.css';

interface Props {
  /** Another page is another try. */
  place: string;
  children: ReactNode;
}

export class Mishap extends Component<Props, { failedAt: string | null }> {
  override state = { failedAt: null as string | null };

  static getDerivedStateFromProps(props: Props, state: { failedAt: string | null }) {
    return state.failedAt !== null && state.failedAt !== props.place ? { failedAt: null } : null;
  }

  override componentDidCatch(): void {
    this.setState({ failedAt: this.props.place });
  }

  static getDerivedStateFromError() {
    return { failedAt: location.pathname };
  }

  override render(): ReactNode {
    return this.state.failedAt === null ? this.props.children : <Sorry />;
  }
}

function Sorry() {
  const t = useT();
  return (
    <div className={s.alone} role="alert">
      <div className={s.sorry}>
        <CircleAlert size={32} strokeWidth={1.6} aria-hidden="true" />
        <p>{t('mishap')}</p>
        <Button onClick={() => location.reload()}>{t('reload')}</Button>
      </div>
    </div>
  );
}
