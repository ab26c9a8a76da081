/** Starts the page of paths. */

import { PathPage } from "../search/path-page.js";

void new PathPage().part.show();
