/**
 * The two halves of the panel, each a script of its own, and what both have to do with. They stand here alone: where two imports stand in one
 * condition, the build makes one call of them and asks for the wrong half's files.
 */

export const halves = {
  door: () => import('./door/door'),
  page: () => import('./page'),
};
