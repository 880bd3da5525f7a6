/* html_player: what steps through a schedule on a page; its script (report/page/page.js) fills it from the page's data. */
#ifndef RACECHECK_REPORT_HTML_PLAYER_H
#define RACECHECK_REPORT_HTML_PLAYER_H

#include <stdio.h>

/* Writes the player, which is hidden until the script is there. Write errors stay on the stream. */
void html_player_write(FILE *stream);

#endif
