/** A script of its own: what places and moves a menu is a tenth of the page, and nobody opens one before the page stands. */

export { Menu } from '@mantine/core';
