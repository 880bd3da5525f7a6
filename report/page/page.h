/* page: the style sheet and the script of HTML reports, as the build made them into strings out of page.css and
 * page.js.
 *
 * The hashes are those of exactly these strings, as a Content-Security-Policy has them ("sha256-..."): a page allows
 * this script and no other, so that even markup that got into it by a mistake of ours could not run. */
#pragma once

extern const char page_style[];
extern const char page_style_hash[];
extern const char page_script[];
extern const char page_script_hash[];
