/** Starts the page of a track. */

import { TrackPage } from "../track/page.js";

void new TrackPage().show();
