import { Button, Modal, NativeSelect, PasswordInput, Switch, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Pencil, UserPlus } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { api, Problem, type User, type UserFields } from '../api';
import { useT } from '../i18n';
import type { Role } from '../protocol';
import { queries } from '../queries';
import { Avatar, Badge, CardBox, ProblemLine, TableFrame } from '../ui/parts';
import ui from '../ui/ui.module.css';
import s from './admin.module.css';

const ROLES: Role[] = ['agent', 'supervisor', 'campaign_manager', 'admin', 'partner', 'api'];

export default function Users() {
  const t = useT();
  const { data, isError } = useQuery({ queryKey: ['users'], queryFn: api.users });
  const [edited, setEdited] = useState<User | 'new' | null>(null);
  return (
    <div className={ui.page}>
      <div className={ui.title}>
        <h1>{t('nav.users')}</h1>
        <Button leftSection={<UserPlus size={17} aria-hidden="true" />} onClick={() => setEdited('new')}>
          {t('user.add')}
        </Button>
      </div>
      {isError && <ProblemLine>{t('server.away')}</ProblemLine>}
      <CardBox>
        <TableFrame label={t('nav.users')}>
          <table className={ui.table}>
            <thead>
              <tr>
                <th>{t('user.name')}</th>
                <th>{t('user.login')}</th>
                <th>{t('user.role')}</th>
                <th>{t('user.extension')}</th>
                <th>{t('user.interface')}</th>
                <th>
                  <span className="for-ears">{t('edit')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data?.items.map(user => (
                <tr key={user.login}>
                  <td>
                    <span className={s.who}>
                      <Avatar name={user.name} size={32} />
                      <bdi>{user.name}</bdi>
                      {user.active === false && <Badge look="plain">{t('user.inactive')}</Badge>}
                    </span>
                  </td>
                  <td>
                    <bdi>{user.login}</bdi>
                  </td>
                  <td>{t(`role.${user.role}`)}</td>
                  <td className="digits">{user.extension ?? '–'}</td>
                  <td>
                    <bdi>{user.interface ?? '–'}</bdi>
                  </td>
                  <td className={ui.end}>
                    <Button
                      variant="subtle"
                      size="compact-md"
                      aria-label={t('user.edit', { name: user.name })}
                      onClick={() => setEdited(user)}
                    >
                      <Pencil size={16} aria-hidden="true" />
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableFrame>
      </CardBox>
      {edited && (
        <Modal
          opened
          onClose={() => setEdited(null)}
          title={edited === 'new' ? t('user.add') : t('user.edit', { name: edited.name })}
          closeButtonProps={{ 'aria-label': t('close') }}
        >
          <UserForm user={edited === 'new' ? null : edited} done={() => setEdited(null)} />
        </Modal>
      )}
    </div>
  );
}

export function fieldsOf(form: FormData, user: User | null): UserFields {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const password = String(form.get('password') ?? '');
  return {
    login: user?.login ?? text('login'),
    name: text('name'),
    role: text('role') as Role,
    extension: text('extension') || null,
    interface: text('interface') || null,
    active: form.get('active') !== null,
    skills: user?.skills ?? {},
    ...(password ? { password } : {}),
  };
}

function UserForm({ user, done }: { user: User | null; done: () => void }) {
  const t = useT();
  const save = useMutation({
    mutationFn: api.putUser,
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['users'] });
      done();
    },
  });

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    save.mutate(fieldsOf(new FormData(event.currentTarget), user));
  }

  return (
    <form onSubmit={submit} className={s.form}>
      <TextInput
        name="login"
        label={t('user.login')}
        defaultValue={user?.login}
        readOnly={user !== null}
        required
        withAsterisk={false}
        autoComplete="off"
      />
      <TextInput
        name="name"
        label={t('user.name')}
        defaultValue={user?.name}
        required
        withAsterisk={false}
        maxLength={200}
        autoComplete="off"
      />
      <NativeSelect
        name="role"
        label={t('user.role')}
        defaultValue={user?.role ?? 'agent'}
        data={ROLES.map(value => ({ value, label: t(`role.${value}`) }))}
      />
      <PasswordInput
        name="password"
        label={t('sign_in.password')}
        description={user ? t('user.password_stays') : undefined}
        required={!user}
        withAsterisk={false}
        minLength={6}
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': t('sign_in.show_password'), tabIndex: 0 }}
      />
      <TextInput
        name="extension"
        label={t('user.extension')}
        defaultValue={user?.extension ?? ''}
        placeholder="1001"
        inputMode="numeric"
      />
      <TextInput
        name="interface"
        label={t('user.interface')}
        defaultValue={user?.interface ?? ''}
        placeholder="PJSIP/1001"
      />
      <Switch name="active" label={t('user.active')} defaultChecked={user?.active !== false} />
      {save.isError && (
        <ProblemLine>
          {save.error instanceof Problem && [409, 422].includes(save.error.status)
            ? t('save.refused', { why: save.error.detail })
            : t('save.failed')}
        </ProblemLine>
      )}
      <Button type="submit" loading={save.isPending}>
        {t('save')}
      </Button>
    </form>
  );
}
