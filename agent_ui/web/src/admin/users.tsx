import { Button, Modal, NativeSelect, PasswordInput, Switch, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Pencil, UserPlus } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { api, type User, type UserFields } from '../api';
import { LANGUAGES, useT } from '../i18n';
import { usePicture } from '../live';
import type { Role } from '../protocol';
import { queries, useMe } from '../queries';
import { tell } from '../shell/notices';
import { Avatar, Badge, CardBox, ProblemLine, TableFrame } from '../ui/parts';
import ui from '../ui/ui.module.css';
import s from './admin.module.css';
import { ChoicesField } from './choices-field';
import { levelsOf, rowsOf, userFields } from './fields';
import { SkillsField } from './skills-field';
import { whyNot } from './why-not';

const ROLES: Role[] = [
  'agent',
  'leader',
  'supervisor',
  'campaign_manager',
  'admin',
  'partner',
  'api',
  'viewer',
];

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
                <th>{t('user.team')}</th>
                <th>{t('user.extension')}</th>
                <th>{t('user.interface')}</th>
                <th>{t('nav.queues')}</th>
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
                  <td>
                    <bdi>{user.team ?? '–'}</bdi>
                  </td>
                  <td className="digits">{user.extension ?? '–'}</td>
                  <td>
                    <bdi>{user.interface ?? '–'}</bdi>
                  </td>
                  <td>
                    <bdi>{user.queues?.join(', ') || '–'}</bdi>
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
          size="lg"
        >
          <UserForm user={edited === 'new' ? null : edited} done={() => setEdited(null)} />
        </Modal>
      )}
    </div>
  );
}

function UserForm({ user, done }: { user: User | null; done: () => void }) {
  const t = useT();
  const { data: me } = useMe();
  const { data: all } = useQuery({ queryKey: ['users'], queryFn: api.users });
  const queues = usePicture(picture => picture.queues);
  const [skills, setSkills] = useState(rowsOf(user?.skills));
  const known = [...new Set((all?.items ?? []).flatMap(each => Object.keys(each.skills ?? {})))].sort();
  const teams = [...new Set((all?.items ?? []).flatMap(each => each.team ?? []))].sort();
  const [role, setRole] = useState<Role>(user?.role ?? 'agent');
  const own = user !== null && user.login === me?.login;
  const save = useMutation({
    mutationFn: ({ login, fields }: { login: string; fields: UserFields }) =>
      user
        ? api.changeUser(user.login, { ...fields, ...(user.version ? { version: user.version } : {}) })
        : api.addUser({ ...fields, login }),
    onSuccess: async saved => {
      for (const key of ['users', 'queue']) await queries.invalidateQueries({ queryKey: [key] });
      tell('done', t('user.saved', { name: saved.name }));
      done();
    },
  });

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const levels = levelsOf(skills);
    const form = new FormData(event.currentTarget);
    const fields = levels && userFields(form, levels, own ? user : null);
    if (fields)
      save.mutate({
        login: String(form.get('login') ?? '').trim(),
        fields: own ? { ...fields, active: true } : fields,
      });
  }

  return (
    <form onSubmit={submit} className={s.form}>
      <div className={s.pair}>
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
          description={own ? t('user.role.own') : role === 'viewer' ? t('user.role.viewer') : undefined}
          value={role}
          onChange={event => setRole(event.currentTarget.value as Role)}
          disabled={own}
          data={ROLES.map(value => ({ value, label: t(`role.${value}`) }))}
        />
        <TextInput
          name="team"
          label={t('user.team')}
          description={t(role === 'leader' ? 'user.team.leads' : 'user.team.more')}
          defaultValue={user?.team ?? ''}
          required={role === 'leader'}
          withAsterisk={false}
          maxLength={80}
          list="teams"
          autoComplete="off"
        />
        <datalist id="teams">
          {teams.map(name => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <NativeSelect
          name="language"
          label={t('language')}
          defaultValue={user?.language ?? ''}
          data={[
            { value: '', label: t('user.language.browser') },
            ...Object.entries(LANGUAGES).map(([value, label]) => ({ value, label })),
          ]}
        />
      </div>
      <PasswordInput
        name="password"
        label={t(user ? 'user.password_new' : 'sign_in.password')}
        description={t(user ? 'user.password_stays' : 'user.password_first')}
        required={!user}
        withAsterisk={false}
        minLength={6}
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': t('sign_in.show_password'), tabIndex: 0 }}
      />
      <div className={s.pair}>
        <TextInput
          name="extension"
          label={t('user.extension')}
          description={t('user.extension.more')}
          defaultValue={user?.extension ?? ''}
          placeholder="1001"
          inputMode="numeric"
        />
        <TextInput
          name="interface"
          label={t('user.interface')}
          description={t('user.interface.more')}
          defaultValue={user?.interface ?? ''}
          placeholder="PJSIP/1001"
        />
      </div>
      <NativeSelect
        name="phone"
        label={t('user.phone')}
        defaultValue={user?.phone ?? 'browser'}
        data={(['browser', 'sip'] as const).map(value => ({ value, label: t(`user.phone.${value}`) }))}
      />
      <ChoicesField
        name="queues"
        label={t('nav.queues')}
        none={t('queues.none')}
        all={[...new Set([...Object.keys(queues), ...(user?.queues ?? [])])]
          .sort()
          .map(name => ({ value: name, label: name }))}
        chosen={user?.queues ?? []}
      />
      <SkillsField rows={skills} change={setSkills} hint={t('skills.of_user')} known={known} />
      {!own && <Switch name="active" label={t('user.active')} defaultChecked={user?.active !== false} />}
      {save.isError && <ProblemLine>{whyNot(save.error, t)}</ProblemLine>}
      <Button type="submit" loading={save.isPending}>
        {t('save')}
      </Button>
    </form>
  );
}
