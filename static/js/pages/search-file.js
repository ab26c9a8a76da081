/** Starts the page of searches by a file. */

import { FilePage } from "../search/file-page.js";

new FilePage().show();
