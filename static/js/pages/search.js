/** Starts the page of searches by sound. */

import { SearchPage } from "../search/page.js";

new SearchPage().show();
