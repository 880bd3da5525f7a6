#include "course/sheet.h"

#include "base/text.h"
#include "report/html_text.h"
#include "report/markdown_text.h"
#include "report/render_html.h"
#include "report/render_markdown.h"

/* Colours, fonts and measures are those of the reports' pages (report/page/page.css). */
static const char screen_style[] =
    ":root{color-scheme:light dark;"
    "--paper:#fcfcfa;--ink:#1d2329;--quiet:#59636e;--line:#dfe3e6;--tint:#f2f4f5;--link:#0b5a94;\n"
    "--sans:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Liberation Sans',Helvetica,Arial,sans-serif;\n"
    "--mono:ui-monospace,'SF Mono','Cascadia Mono','JetBrains Mono','Liberation Mono',Menlo,Consolas,monospace}\n"
    "@media (prefers-color-scheme:dark){:root{"
    "--paper:#14181c;--ink:#dfe4e8;--quiet:#9aa5b0;--line:#313940;--tint:#22292f;--link:#82bdf0}}\n"
    "*{box-sizing:border-box}\n"
    "html{-webkit-text-size-adjust:100%}\n"
    "body{margin:0 auto;max-width:58rem;padding:2.5rem 1.25rem 5rem;"
    "background:var(--paper);color:var(--ink);font:1rem/1.6 var(--sans)}\n"
    "body.broad{max-width:80rem}\n"
    "h1{font-size:2rem;line-height:1.2;font-weight:650;letter-spacing:-.015em;margin:0 0 .8rem;overflow-wrap:anywhere}\n"
    "h2{font-size:1.35rem;line-height:1.3;font-weight:650;letter-spacing:-.01em;margin:1.6rem 0 .6rem}\n"
    "section>h2{margin-top:0}\n"
    "section{margin-top:1.6rem;padding-top:1rem;border-top:1px solid var(--line)}\n"
    "p,ul{margin:0 0 .8rem;max-width:44rem;overflow-wrap:break-word}\n"
    "ul{padding-left:1.3rem}\n"
    "a{color:var(--link);text-underline-offset:.15em}\n"
    "code,pre{font-family:var(--mono);font-size:.92em}\n"
    "code{overflow-wrap:anywhere}\n"
    "pre{margin:0 0 .8rem;padding:.7rem .9rem;background:var(--tint);border-radius:6px;line-height:1.4;"
    "white-space:pre-wrap}\n"
    "pre code{font-size:1em}\n"
    "table{border-collapse:collapse;margin:0 0 .8rem}\n"
    "th,td{text-align:left;vertical-align:top;padding:.25rem .9rem .25rem 0;border-bottom:1px solid var(--line)}\n"
    "th{color:var(--quiet);font-weight:600}\n"
    ".number{text-align:right;font-variant-numeric:tabular-nums}\n"
    ".quiet{color:var(--quiet)}\n"
    ".facts{display:flex;flex-wrap:wrap;gap:.4rem 2rem;margin:0 0 .8rem}\n"
    ".facts dd{margin:0;overflow-wrap:anywhere}.facts dt{font-size:.82rem;color:var(--quiet)}\n"
    "@media screen and (max-width:36rem){body{padding:1.25rem 1rem 3rem}h1{font-size:1.6rem}pre{font-size:.85em;"
    "padding:.7rem}}\n";

/* A program and what explains it, the answer and the points: beside each other where there is room. */
static const char handout_style[] =
    ".pair,.columns{display:grid;grid-template-columns:auto minmax(18rem,1fr);gap:0 1.8rem;align-items:start}\n"
    ".columns{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}\n"
    ".columns>div>h2{margin-top:0}\n"
    "@media screen and (max-width:48rem){.pair,.columns{display:block}.columns>div+div>h2{margin-top:1.6rem}}\n";

/* The list of a class. On a phone each row becomes a card, in which the numbers say themselves what they are. */
static const char roll_style[] =
    ".roll{width:100%}\n"
    ".roll thead th{vertical-align:bottom}\n"
    ".roll th[scope=row]{font-weight:650;min-width:4rem;overflow-wrap:anywhere}\n"
    ".roll .words{min-width:11rem;overflow-wrap:anywhere}\n"
    ".roll .code{width:38%;padding-right:0}\n"
    "@media screen and (max-width:48rem){\n"
    ".roll,.roll tbody{display:block}.roll thead{display:none}\n"
    ".roll tr{display:flex;flex-wrap:wrap;gap:0 1rem;padding:.6rem 0;border-bottom:1px solid var(--line)}\n"
    ".roll td{border:0;padding:0;text-align:left}\n"
    ".roll th[scope=row],.roll .words{min-width:0}.roll .words{flex:1 1 60%}\n"
    ".roll .code{flex:1 1 100%}\n"
    ".roll td[data-name]::before{content:attr(data-name) ' ';color:var(--quiet)}}\n";

/* On paper a list is not torn behind its first or before its last item, nor a program within a thread, and nothing stands
 * alone that announces what follows. */
static const char print_style[] =
    "@media print{@page{margin:12mm 14mm}\n"
    ":root{color-scheme:light;--paper:#fff;--ink:#000;--quiet:#444;--line:#bbb;--tint:#fff;--link:#000}\n"
    "body,body.broad{max-width:none;padding:0;font-size:9.1pt;line-height:1.34}\n"
    "h1{font-size:15pt;margin-bottom:.4em}\n"
    "h2{font-size:11pt;margin:.8em 0 .3em;break-after:avoid}\n"
    "section{margin-top:.55em;padding-top:.45em}\n"
    "p,ul{max-width:none;margin-bottom:.4em;orphans:3;widows:3}\n"
    "li,tr,.pair,.columns{break-inside:avoid}\n"
    "ul,.pair,tbody,li:last-child{break-before:avoid}\n"
    "thead,li:first-child{break-after:avoid}\n"
    "pre{font-size:.88em;line-height:1.16;padding:.5em .8em;border:1px solid var(--line);margin-bottom:.5em}\n"
    "pre span{display:block;break-inside:avoid}\n"
    "table{margin-bottom:.5em}section table{break-inside:avoid}\n"
    "th,td{padding-top:.1em;padding-bottom:.1em}\n"
    ".facts{gap:.2em 2em}.facts dt{font-size:8pt}\n"
    ".pair,.columns{gap:0 1.6em}.pair{grid-template-columns:auto minmax(0,1fr)}\n"
    ".roll{font-size:8.5pt}.roll th,.roll td{padding-right:.7em}\n"
    ".roll th[scope=row]{min-width:3em}.roll .words{min-width:9em}.roll .code{width:40%}}\n";

void sheet_write_markdown(FILE *stream, const char *title, const struct content *content)
{
    fputs("# ", stream);
    markdown_text_write(stream, title);
    fputs("\n\n", stream);
    render_markdown(stream, content);
}

void sheet_write_html(FILE *stream, const char *title, const struct content *content, bool is_broad)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
          stream);
    html_text_write(stream, title);
    fprintf(stream, "</title>\n<style>\n%s%s%s</style>\n</head>\n<body%s>\n<h1>", screen_style,
            is_broad ? roll_style : handout_style, print_style, is_broad ? " class=\"broad\"" : "");
    html_text_write(stream, title);
    fputs("</h1>\n", stream);
    render_html(stream, content);
    fputs("</body>\n</html>\n", stream);
}
