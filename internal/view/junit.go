package view

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"

	"example.com/maasctl/pkg/maas"
)

// What CI systems read of JUnit's reports.
type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Failure *junitFailure `xml:"failure,omitempty"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
}

// LintJUnit writes findings as a report of tests: errors are tests that fail, warnings tests with something to say. A
// document without findings is one test that passes.
func LintJUnit(w io.Writer, found maas.Diagnostics) error {
	suite := junitSuite{Name: "maasctl", Tests: max(1, len(found))}
	for _, d := range found {
		c := junitCase{Name: Escape(fmt.Sprintf("%s [%s]", cmp.Or(d.Pos.String(), "the document"), d.Code)), Class: Escape(cmp.Or(d.Pos.File, "the document"))}
		if d.Severity == maas.Error {
			suite.Failures++
			c.Failure = &junitFailure{Type: string(d.Code), Message: Escape(d.Message)}
		} else {
			c.Out = Escape(d.String())
		}
		suite.Cases = append(suite.Cases, c)
	}
	if len(found) == 0 {
		suite.Cases = []junitCase{{Name: "the document", Class: "the document"}}
	}
	text, err := xml.MarshalIndent(suite, "", "  ")
	if err != nil {
		return err
	}
	return Print(w, "%s%s\n", Styled(xml.Header), Styled(text))
}
