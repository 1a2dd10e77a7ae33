package maas

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	yaml4 "go.yaml.in/yaml/v4"

	"example.com/maasctl/internal/lazyregexp"
)

// syntax reports a mistake in a file's syntax. What the parser says of it is for people who write parsers, and has half of
// its place; a later version of the library, which is asked only then, knows all of it.
func (p *parser) syntax(err error, data []byte) {
	s := &syntaxError{text: strings.TrimPrefix(err.Error(), "yaml: "), line: 1, column: 1, lines: strings.Split(string(data), "\n")}
	if m := syntaxLine.FindStringSubmatch(s.text); m != nil { // the later version may be content with what this one isn't
		s.text, s.line = m[2], atoi(m[1])
	}
	var load *yaml4.LoadError
	dec := yaml4.NewDecoder(bytes.NewReader(data))
	for err := error(nil); err == nil; {
		var ignored yaml4.Node
		if err = dec.Decode(&ignored); errors.As(err, &load) {
			s.text, s.context = load.Message, load.ContextMark
			s.line, s.column = load.Mark.Line, load.Mark.Column
		}
	}
	if s.line == 0 || s.column == 0 {
		s.line, s.column = unreadable(data)
	}
	s.explain()
	p.errorf(Position{File: p.file, Line: s.line, Column: s.column}, CodeSyntax, "%s", s.text)
}

var syntaxLine = lazyregexp.New(`^line (\d+): (?s:(.*))$`)

// syntaxError is where a file is no YAML any more, and why.
type syntaxError struct {
	text         string
	line, column int
	context      yaml4.Mark // where what breaks begins, if anything
	lines        []string
}

// say sets the message.
func (s *syntaxError) say(format string, args ...any) { s.text = fmt.Sprintf(format, args...) }

// at moves the place to what has to be changed.
func (s *syntaxError) at(line, column int) { s.line, s.column = line, column }

// begin moves it to where what breaks begins.
func (s *syntaxError) begin() {
	if s.context.Line > 0 {
		s.at(s.context.Line, s.context.Column)
	}
}

// content is a line without its end.
func (s *syntaxError) content(line int) string {
	if line < 1 || line > len(s.lines) {
		return ""
	}
	return strings.TrimRight(s.lines[line-1], " \t\r")
}

// split gives what stands in the line before the place, and from there on.
func (s *syntaxError) split() (before, after string) {
	runes := []rune(s.content(s.line))
	i := min(max(s.column-1, 0), len(runes))
	return string(runes[:i]), string(runes[i:])
}

// explain puts the library's message into the words of somebody who writes a document.
func (s *syntaxError) explain() {
	_, after := s.split()
	switch text := s.text; {
	case strings.HasPrefix(after, "\t"):
		s.say("a tab stands here; YAML is indented with spaces")
	case strings.Contains(text, "tab character"):
		s.say("a tab stands in this line's indentation; YAML is indented with spaces")
	case text == "mapping values are not allowed in this context":
		s.colon()
	case text == "did not find expected key":
		s.key()
	case strings.HasPrefix(text, "did not find expected ',' or"):
		s.bracket()
	case text == "could not find expected ':'":
		if s.begin(); isDashes(s.content(s.line)) {
			s.say(threeDashes)
			return
		}
		s.say("this line is no KEY: VALUE, and not indented as what goes on from above: a colon or some indentation is missing")
	case text == "found unexpected end of stream":
		s.begin()
		s.say("the quote that opens here is never closed")
	case text == "found unexpected document indicator":
		s.begin()
		s.say("the quote that opens here isn't closed before the next ---")
	case text == "did not find expected '-' indicator":
		s.say("this is no - of the list that began at line %d; a key stands further left than the list's dashes", s.context.Line)
	case text == "did not find expected <document start>":
		s.say("after a line ... a new document begins with ---")
	case text == "block sequence entries are not allowed in this context":
		s.say("a list can't begin here: each - stands on a line of its own, below its key")
	default:
		s.characters(after)
	}
}

// characters explains what a character can't do at its place.
func (s *syntaxError) characters(after string) {
	first, _ := utf8.DecodeRuneInString(after)
	switch text := s.text; {
	case text == "found character that cannot start any token":
		s.say("a text can't begin with %c; put it into quotes", first)
	case text == "found unknown escape character":
		s.say(`%s has no meaning in double quotes; write \\, or use single quotes`, prefix(after, 2))
	case strings.HasPrefix(text, "unknown anchor"), text == "did not find expected alphabetic or numeric character":
		s.begin()
		if _, after = s.split(); strings.HasPrefix(after, "&") {
			s.say("& begins the name of an anchor; put a text that begins with it into quotes")
			return
		}
		s.say("* refers to an anchor (&NAME) above, and there is no such one; put a text that begins with * into quotes")
	case text == "found undefined tag handle", strings.Contains(text, "scanning a tag"):
		s.begin()
		s.say("! begins a tag, which means nothing here; put a text that begins with it into quotes")
	case strings.HasPrefix(s.content(s.line), "%"):
		s.at(s.line, 1)
		s.say("a line can't begin with %%; put a text that begins with it into quotes")
	case text == "did not find expected comment or line break":
		s.say("the text of | or > begins on the next line")
	case text == "did not find expected node content":
		s.say("a value is missing here")
	case strings.Contains(text, "UTF-8") || strings.Contains(text, "UTF-16"):
		s.say("this is no UTF-8, which a document is written in: save the file as UTF-8")
	case strings.HasPrefix(text, "control characters are not allowed"):
		s.say("a control character (%U) stands here; no YAML holds one", first)
	}
}

// colon explains a colon too many: in a text, below a value, or on the line after a key that has none.
func (s *syntaxError) colon() {
	before, _ := s.split()
	trimmed := strings.TrimLeft(before, " -")
	above := s.above()
	upper := strings.TrimLeft(s.content(above), " ")
	switch {
	case strings.HasPrefix(before, "--- "):
		s.at(s.line, 5)
		s.say("a key can't stand in the line of ---; put it into the next")
	case strings.Contains(trimmed, ": ") || strings.HasPrefix(trimmed, `"`) && strings.Contains(trimmed, `" `):
		s.say("this line has a key and a colon already; put a text with a colon in it into quotes")
	case strings.HasPrefix(upper, "--- ") && !strings.Contains(upper, ":"):
		s.at(above, 5)
		s.say("nothing stands in the line of --- but the dashes; it begins a document")
	case isDashes(upper):
		s.at(above, 1)
		s.say(threeDashes)
	case !strings.Contains(upper, ":"):
		s.at(above, utf8.RuneCountInString(s.content(above))+1)
		s.say("a colon is missing here: the next line is indented as what belongs to a key")
	default:
		s.at(s.line, indentation(before)+1)
		s.say(tooFar)
	}
}

const threeDashes = "documents are divided by three dashes, no more and no fewer"

// isDashes tells a line that was meant to divide documents.
func isDashes(line string) bool { return line != "" && strings.Trim(line, "-") == "" }

const tooFar = "this line is indented further than the one above, which has a value already"

// above is the line above that says something.
func (s *syntaxError) above() int {
	line := s.line - 1
	for line > 0 && strings.HasPrefix(strings.TrimSpace(s.content(line)+"#"), "#") {
		line--
	}
	return line
}

func indentation(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// key explains something that belongs to no mapping: after a quote that ends too early, or at an indentation of its own.
func (s *syntaxError) key() {
	before, after := s.split()
	quoted := strings.TrimRight(before, " ")
	switch {
	case strings.HasSuffix(quoted, `"`) || strings.HasSuffix(quoted, "'"):
		quote := quoted[len(quoted)-1:]
		if line, column := s.opened(quote); line > 0 {
			s.at(line, column)
			s.say("the quote that opens here isn't closed in its line")
			return
		}
		s.say(`the quoted text ends before this: inside '…' a ' is written '', and inside "…" a " is written \"`)
	case strings.TrimSpace(before) != "":
		s.say("this doesn't belong to the value before it; put the whole text into quotes")
	case strings.HasPrefix(after, "- "):
		s.say("a list's - can't stand beside the keys of the mapping that began at line %d", s.context.Line)
	case indentation(s.content(s.line)) > indentation(s.content(s.above())):
		s.say(tooFar)
	default:
		s.say("this line's indentation is that of nothing above it")
	}
}

// opened finds the quote above that the one before the place closes, which was to open another text: the last line with an
// odd number of them.
func (s *syntaxError) opened(quote string) (line, column int) {
	for line := s.line - 1; line > 0; line-- {
		content := strings.ReplaceAll(strings.ReplaceAll(s.content(line), `\"`, "  "), "''", "  ")
		if strings.Count(content, quote)%2 == 1 {
			return line, utf8.RuneCountInString(content[:strings.LastIndex(content, quote)]) + 1
		}
	}
	return 0, 0
}

// bracket explains a mapping in braces or a list in brackets that doesn't go on as one.
func (s *syntaxError) bracket() {
	before, after := s.split()
	open, end := "{", "}"
	if strings.HasSuffix(s.text, "']'") {
		open, end = "[", "]"
	}
	rest := after + strings.Join(s.lines[min(s.line, len(s.lines)):], "")
	switch {
	case after != "" && strings.ContainsAny(after[:1], "]}"):
		s.say("the %s that opened at %d:%d is closed by %s, not by %s", open, s.context.Line, s.context.Column, end, after[:1])
	case strings.TrimSpace(rest) == "":
		s.begin()
		s.say("the %s that opens here is never closed", open)
	case strings.HasPrefix(after, ":") && strings.Contains(before, ": "):
		s.say("a text with a colon in it stands in quotes; or a comma is missing before its key, or the %s of the %s that opened at %d:%d",
			end, open, s.context.Line, s.context.Column)
	default:
		s.say("before this, a comma is missing, or the %s of the %s that opened at %d:%d", end, open, s.context.Line, s.context.Column)
	}
}

// prefix is the beginning of a text, some characters long.
func prefix(text string, characters int) string {
	runes := []rune(text)
	return string(runes[:min(characters, len(runes))])
}

// unreadable finds the first byte that is no character of a YAML file.
func unreadable(data []byte) (line, column int) {
	line, column = 1, 1
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		if r == utf8.RuneError && size == 1 || isControl(r) {
			return line, column
		}
		data, column = data[size:], column+1
		switch r {
		case '\n':
			line, column = line+1, 1
		case '\uFEFF': // a byte order mark takes no place
			column--
		}
	}
	return 1, 1
}

// isControl tells whether YAML takes a character nowhere.
func isControl(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r >= 0x7f && r < 0xa0 && r != 0x85 || r == 0xfffe || r == 0xffff
}
