/** Some of many: a box for each, which scrolls where there are a lot. The form's data has the values of those that are ticked. */

import s from './admin.module.css';

interface Props {
  name: string;
  label: string;
  all: { value: string; label: string }[];
  chosen: string[];
  /** What stands there while there are none. */
  none: string;
}

export function ChoicesField({ name, label, all, chosen, none }: Props) {
  return (
    <fieldset className={s.group}>
      <legend>{label}</legend>
      {all.length === 0 && <p className={s.hint}>{none}</p>}
      <div className={s.boxes}>
        {all.map(each => (
          <label key={each.value}>
            <input
              type="checkbox"
              name={name}
              value={each.value}
              defaultChecked={chosen.includes(each.value)}
            />
            <bdi>{each.label}</bdi>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
