// Where the pages stand: the desk at the root of the site, the Mini App under its own path.
export const root = () => document.body.dataset.root ?? "";
