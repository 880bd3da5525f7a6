#include "report/html_player.h"

void html_player_write(FILE *stream)
{
    fputs(
        "<div id=\"player\" class=\"player\" role=\"region\" aria-label=\"Step through a schedule\" hidden>\n"
        "<div class=\"choice\"><label for=\"choice\">Schedule</label> <select id=\"choice\"></select> "
        "<span id=\"length\"></span></div>\n"
        "<div class=\"lanes\" id=\"lanes\" aria-hidden=\"true\"></div>\n"
        "<input type=\"range\" id=\"position\" min=\"0\" value=\"0\" step=\"1\" aria-label=\"Step of the schedule\">\n"
        "<div class=\"controls\" role=\"group\" aria-label=\"Move through the schedule\">\n"
        "<button type=\"button\" data-go=\"first\" title=\"To the start (Home)\">Start</button>\n"
        "<button type=\"button\" data-go=\"turn-back\" title=\"One turn back (Shift and left arrow)\">\xe2\x86\x90 Turn</button>\n"
        "<button type=\"button\" data-go=\"back\" title=\"One step back (left arrow)\">\xe2\x86\x90 Step</button>\n"
        "<output id=\"count\" for=\"position\"></output>\n"
        "<button type=\"button\" data-go=\"forward\" class=\"main\" title=\"One step forward (right arrow)\">Step \xe2\x86\x92</button>\n"
        "<button type=\"button\" data-go=\"turn-forward\" title=\"One turn forward (Shift and right arrow)\">Turn \xe2\x86\x92</button>\n"
        "<button type=\"button\" data-go=\"last\" title=\"To the end (End)\">End</button>\n</div>\n"
        "<div id=\"words\" class=\"words\" aria-live=\"polite\" aria-atomic=\"true\"></div>\n"
        "<div class=\"stage\">\n<ol class=\"listing\" id=\"code\" aria-label=\"Program, with the line of each thread\"></ol>\n"
        "<div class=\"state\"><dl id=\"words-of-memory\" class=\"memory\"></dl><div id=\"threads\" class=\"threads\"></div>"
        "<p id=\"rest\" class=\"rest\" hidden><span id=\"rest-words\"></span> <button type=\"button\" id=\"all\" "
        "aria-controls=\"threads\"></button></p></div>\n"
        "</div>\n<p class=\"keys\">Arrow keys step, with Shift from turn to turn; Home and End go to the ends.</p>\n</div>\n",
        stream);
}
