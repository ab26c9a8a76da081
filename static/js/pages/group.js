/** Starts the page of an artist, an album or a tag. */

import { GroupPage } from "../group/page.js";

new GroupPage().show();
