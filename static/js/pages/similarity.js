/** Starts the page of the listening test. */

import { SimilarityPage } from "../similarity/page.js";

new SimilarityPage().show();
