package maas

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	yaml2 "go.yaml.in/yaml/v2"

	"example.com/maasctl/internal/lazyregexp"
)

// What the YAML library says of a mistake in a file's syntax.
var (
	syntaxLine    = lazyregexp.New(`^line (\d+): (?s:(.*))$`)
	parserError   = lazyregexp.New(`^did not find expected (key|node content|',' or|'-' indicator|<)`)
	unknownAnchor = lazyregexp.New(`^unknown anchor '(.*)' referenced$`)
)

// syntax reports the YAML library's error, which has its line in the text, or no place at all.
func (p *parser) syntax(err error, data []byte) {
	pos := Position{File: p.file, Line: 1, Column: 1}
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	switch m := syntaxLine.FindStringSubmatch(text); {
	case m != nil:
		text = m[2]
		pos.Line = syntaxErrorLine(m[1], text, data)
	case unknownAnchor.MatchString(text):
		pos.Line, pos.Column = aliasPlace(data, unknownAnchor.FindStringSubmatch(text)[1], p.last)
	default:
		pos.Line, pos.Column = unreadable(data)
	}
	p.errorf(pos, CodeSyntax, "%s", text)
}

// syntaxErrorLine gives the line of an error. The library counts from 1 where its scanner stumbles, which is good as it
// is. Where its parser does, it counts from 0, and means the begin of the collection; the library's version 2 tells the
// line at which the collection breaks.
func syntaxErrorLine(said, text string, data []byte) int {
	line, _ := strconv.Atoi(said)
	if !parserError.MatchString(text) {
		return line
	}
	line++
	var ignored any
	dec := yaml2.NewDecoder(bytes.NewReader(data))
	for {
		err := dec.Decode(&ignored)
		if err == nil {
			continue
		}
		m := syntaxLine.FindStringSubmatch(strings.TrimPrefix(err.Error(), "yaml: "))
		if errors.Is(err, io.EOF) || m == nil || m[2] != text {
			return line
		}
		line, _ = strconv.Atoi(m[1])
		return line + 1
	}
}

// aliasPlace finds the first alias of a name after a line.
func aliasPlace(data []byte, name string, after int) (line, column int) {
	alias := regexp.MustCompile(`(?:^|[\s\[{,:-])(\*` + regexp.QuoteMeta(name) + `)(?:[\s\]},]|$)`)
	for text := range bytes.Lines(data) {
		line++
		if m := alias.FindSubmatchIndex(text); m != nil && line > after {
			return line, utf8.RuneCount(text[:m[2]]) + 1
		}
	}
	return 1, 1
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
