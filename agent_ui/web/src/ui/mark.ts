/** The strokes of Helin's sign on a field of 32: for the door, and for the page inside. */
export const MARK = 'M10 22.5V9.5M15.2 19.6a5.2 5.2 0 0 0 0-7.2M19 23a10 10 0 0 0 0-14';
