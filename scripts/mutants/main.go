// Command mutants holds the survivors of a mutation test of one package against those that are explained.
//
//	mutants PACKAGE REPORT.json EXPLAINED.txt
//
// A line of the latter is FILE | MUTATOR | the source line that was broken | why no test can, or need, notice. Lines are told
// by their text, so that they may move.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "mutants PACKAGE REPORT.json EXPLAINED.txt")
		os.Exit(2)
	}
	if err := run(os.Stdout, os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// report is what gremlins writes.
type report struct {
	Files []struct {
		Name      string `json:"file_name"`
		Mutations []struct {
			Type   string `json:"type"`
			Status string `json:"status"`
			Line   int    `json:"line"`
		} `json:"mutations"`
	} `json:"files"`
}

func run(out io.Writer, pkg, reported, explained string) error {
	lived, err := survivors(pkg, reported)
	if err != nil {
		return err
	}
	why, err := explanations(pkg, explained)
	if err != nil {
		return err
	}
	var wrong []string
	for _, s := range slices.Sorted(maps.Keys(lived)) {
		if why[s] == "" {
			wrong = append(wrong, "survived, and nothing says why it may: "+s)
		}
	}
	for _, s := range slices.Sorted(maps.Keys(why)) {
		if !lived[s] {
			wrong = append(wrong, "explained, and no survivor: "+s)
		}
	}
	_, _ = fmt.Fprintf(out, "%s: %d survivors, %d of them explained\n", pkg, len(lived), len(why))
	if len(wrong) > 0 {
		return errors.New(strings.Join(wrong, "\n"))
	}
	return nil
}

// survivors are the mutants that no test noticed, as FILE | MUTATOR | LINE.
func survivors(pkg, reported string) (map[string]bool, error) {
	text, err := os.ReadFile(reported)
	if err != nil {
		return nil, err
	}
	var r report
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, err
	}
	if len(r.Files) == 0 {
		return nil, fmt.Errorf("%s: nothing was broken", reported)
	}
	lived := map[string]bool{}
	for _, f := range r.Files {
		file := path.Join(pkg, f.Name)
		source, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		lines := strings.Split(string(source), "\n")
		for _, m := range f.Mutations {
			if m.Status == "LIVED" && m.Line <= len(lines) {
				lived[strings.Join([]string{file, m.Type, strings.TrimSpace(lines[m.Line-1])}, " | ")] = true
			}
		}
	}
	return lived, nil
}

// explanations are the lines of a file that are about a package.
func explanations(pkg, file string) (map[string]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	why := map[string]string{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		at := strings.LastIndex(line, " | ")
		if at < 0 || strings.HasPrefix(line, "#") || path.Dir(line[:strings.Index(line, " | ")]) != pkg {
			continue
		}
		why[line[:at]] = line[at+len(" | "):]
	}
	return why, nil
}
