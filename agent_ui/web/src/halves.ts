/**
 * The two halves of the panel, each a script of its own. They stand here alone: where two imports stand in one condition, the build makes one
 * call of them and asks for the wrong half's files.
 */

export const halves = {
  inside: () => import('./inside'),
  door: () => import('./shell/sign-in'),
};
