package maas

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/maasctl/internal/near"
)

// DefaultFile is the document where no file is named.
const DefaultFile = "maas.yaml"

// StdinName is how standard input is called in positions.
const StdinName = "stdin"

// Options say where a document comes from and what is laid over it.
type Options struct {
	Files       []string  // files, directories (their *.yaml and *.yml) or "-"; maas.yaml unless said
	Stdin       io.Reader // read for "-"
	Dir         string    // what relative paths are relative to; the working directory unless said
	Environment string    // the environment merged over the document; "" for none
	Sets        []string  // PATH=VALUE, the last layer over document and environment
}

// path is a file's path from here.
func (o Options) path(file string) string {
	if o.Dir == "" || filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(o.Dir, file)
}

// readFiles parses and joins all files of the options. nil where there was nothing to read.
func readFiles(r *reporter, o Options) *node {
	files := o.Files
	if len(files) == 0 {
		files = []string{DefaultFile}
	}
	var root *node
	for _, name := range files {
		for _, doc := range readFile(r, o, name) {
			switch {
			case doc.isNull():
			case !doc.isMapping():
				r.errorf(doc.pos, CodeSchema, "a document is a mapping (KEY: VALUE), not %s", doc.what())
			case root == nil:
				root = doc
			default:
				root = join(r, root, doc)
			}
		}
	}
	return root
}

// readFile parses one file, all files of a directory, or standard input.
func readFile(r *reporter, o Options, name string) []*node {
	switch name {
	case "":
		r.errorf(Position{}, CodeFile, "-f names no file")
		return nil
	case "-":
		data, err := readAll(cmp.Or[io.Reader](o.Stdin, os.Stdin))
		if err != nil {
			r.errorf(Position{File: StdinName}, CodeFile, "reading standard input: %v", err)
			return nil
		}
		return parse(r, StdinName, data)
	}
	info, err := os.Stat(o.path(name))
	if err == nil && info.IsDir() {
		return readDir(r, o, name)
	}
	var data []byte
	if err == nil {
		data, err = readWhole(o.path(name))
	}
	if err != nil {
		r.errorf(Position{File: name}, CodeFile, "%v", o.unread(name, err))
		return nil
	}
	return parse(r, name, data)
}

// readWhole reads a file.
func readWhole(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return readAll(f)
}

// maxFile bounds a file of the document, in bytes: a device never ends, and a document of 10,000 products has a tenth of it.
const maxFile = 64 << 20

// readAll reads to the end, unless that is too far.
func readAll(from io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(from, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("it has more than %d MiB", maxFile>>20)
	}
	return data, err
}

// readDir parses the documents of a directory in the order of their names. Hidden files are an editor's, and what is in
// subfolders may well be something else: those are named.
func readDir(r *reporter, o Options, name string) []*node {
	entries, err := os.ReadDir(o.path(name))
	if err != nil {
		r.errorf(Position{File: name}, CodeFile, "%v", o.unread(name, err))
		return nil
	}
	var docs []*node
	var folders []string
	found := false
	for _, e := range entries {
		path := filepath.Join(name, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir():
			if hasDocuments(o.path(path)) {
				folders = append(folders, path)
			}
		case isDocument(e.Name()):
			found = true
			docs = append(docs, readFile(r, o, path)...)
		}
	}
	switch {
	case !found && len(folders) > 0:
		r.errorf(Position{File: name}, CodeFile, "the directory itself has no *.yaml or *.yml, and its folders aren't read; name one with -f: %s", strings.Join(folders, ", "))
	case !found:
		r.errorf(Position{File: name}, CodeFile, "the directory has no *.yaml or *.yml")
	default:
		for _, f := range folders {
			r.warnf(Position{File: f}, CodeFile, "a folder below a directory isn't read; where it belongs to the document, add -f %s", f)
		}
	}
	return docs
}

// isDocument tells by a file's name whether a directory's document has it.
func isDocument(name string) bool {
	ext := filepath.Ext(name)
	return !strings.HasPrefix(name, ".") && (ext == ".yaml" || ext == ".yml")
}

// hasDocuments tells whether there is something in a directory that could be read.
func hasDocuments(path string) bool {
	entries, err := os.ReadDir(path)
	return err == nil && slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !e.IsDir() && isDocument(e.Name()) })
}

// unread says why a file of the document can't be read, and what may have been meant.
func (o Options) unread(name string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist) && len(o.Files) == 0:
		return fmt.Errorf("there is no such file here; name the document with -f%s", o.neighbour(name))
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no such file%s", o.neighbour(name))
	case errors.Is(err, fs.ErrPermission):
		return errors.New("this user may not read it")
	}
	return reason(err)
}

// neighbour is the document beside a file that isn't there which was meant instead.
func (o Options) neighbour(name string) string {
	entries, err := os.ReadDir(filepath.Dir(o.path(name)))
	if err != nil {
		return ""
	}
	stem := func(file string) string { return strings.TrimSuffix(file, filepath.Ext(file)) }
	var files, stems []string
	for _, e := range entries {
		if !e.IsDir() && isDocument(e.Name()) {
			files, stems = append(files, e.Name()), append(stems, stem(e.Name()))
		}
	}
	meant := slices.Index(stems, stem(filepath.Base(name)))
	if meant < 0 {
		meant = slices.Index(stems, near.Name(stem(filepath.Base(name)), stems))
	}
	if meant < 0 {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", filepath.Join(filepath.Dir(name), files[meant]))
}

// reason is why a file can't be read, without its path, which the position says.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
