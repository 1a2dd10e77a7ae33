package threescale

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

const activeDocsPath = "/admin/api/active_docs"

// activeDocKind are the OpenAPI documents of a product. 3scale keeps them for the tenant, each bound to one product.
type activeDocKind struct{}

func (activeDocKind) info() plan.Kind { return plan.Kind{Name: kindActiveDoc} }

// The fields of an ActiveDoc beside its attributes: a digest stands for the document, whose text nobody wants in a plan,
// and the server that is written into it is apart, since it may be known only once the product is there.
const (
	fieldFile     = "file"     // its text comes from a file,
	fieldGenerate = "generate" // or from the product's rules
	fieldServer   = "server"
	fieldProduct  = "product"
)

// docSource is the document's content as far as the file, or the rules, give it.
type docSource struct{ body map[string]any }

func (w *wants) activeDocs(product *plan.Object, p *maas.Product, path []string) {
	if p.ActiveDocs != nil {
		w.name(kindActiveDoc, product.Address)
	}
	for _, e := range p.ActiveDocs {
		d := e.Value
		o := product.Child(kindActiveDoc, e.Name, said(*d))
		o.Fields[fieldProduct] = product.Name
		content := fieldFile
		if d.Generate {
			content = fieldGenerate
		}
		body := documentOf(p, product.Name, d)
		server := d.Server
		if server == "" && d.Generate {
			server = "production"
		}
		if body != nil {
			if server != "" {
				o.Fields[fieldServer] = serverOf(product, p, asServer(body, server))
				withoutServer(body)
			}
			o.Fields[content] = digest(body)
			o.Native = docSource{body}
		}
		o.Refs = []plan.Address{product.Address}
		w.add(o, d.Meta, append(path, "activeDocs", e.Name)...)
	}
}

// serverOf is the URL that is written into a document: one of the product's endpoints, as the document of maasctl says
// it or as 3scale has made it, or a URL as it is.
func serverOf(product *plan.Object, p *maas.Product, server string) any {
	var declared *string
	var field string
	switch server {
	case "production":
		field = outProductionEndpoint
		if p.Endpoints != nil {
			declared = p.Endpoints.Production
		}
	case "staging":
		field = outStagingEndpoint
		if p.Endpoints != nil {
			declared = p.Endpoints.Staging
		}
	default:
		return server
	}
	if declared != nil {
		return maas.WithPort(*declared)
	}
	return plan.Handed{From: product.Address, Field: field}
}

// The outputs of a product that ActiveDocs take over.
const (
	outProductionEndpoint = "productionEndpoint"
	outStagingEndpoint    = "stagingEndpoint"
)

func digest(body any) string {
	text, err := json.Marshal(body) // keys in order
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:6])
}

type activeDocJSON struct {
	ID                     int64   `json:"id"`
	SystemName             string  `json:"system_name"`
	Name                   string  `json:"name"`
	Description            *string `json:"description"`
	Published              bool    `json:"published"`
	SkipSwaggerValidations bool    `json:"skip_swagger_validations"`
	Body                   string  `json:"body"`
	ServiceID              *int64  `json:"service_id"`
}

func (activeDocKind) read(ctx context.Context, r *reader, parent *plan.Object) ([]*plan.Object, error) {
	found, err := keep(r, "ActiveDocs", func() ([]activeDocJSON, error) { return list[activeDocJSON](ctx, r, activeDocsPath+".json") })
	if err != nil {
		return nil, err
	}
	id, err := r.s.id(parent.Address)
	if err != nil {
		return nil, err
	}
	var out []*plan.Object
	for _, d := range found {
		bound := d.ServiceID != nil && *d.ServiceID == id
		desired, declared := r.desired[parent.Address.Child(kindActiveDoc, d.SystemName)]
		if !bound && !declared {
			continue
		}
		o := parent.Child(kindActiveDoc, d.SystemName, plan.Fields{
			"name": d.Name, "description": text(d.Description), "published": d.Published,
			"skipSwaggerValidations": d.SkipSwaggerValidations, fieldProduct: "",
		})
		if bound {
			o.Fields[fieldProduct] = parent.Name
		}
		body := parseDocument(d.Body)
		if declared {
			if _, ours := desired.Fields[fieldServer]; ours {
				o.Fields[fieldServer] = serverIn(body)
				withoutServer(body)
			}
		}
		o.Fields[fieldFile] = digest(body)
		o.Fields[fieldGenerate] = o.Fields[fieldFile]
		out = append(out, r.found(o, d.ID))
	}
	return out, r.learnEndpoints(ctx, parent)
}

// learnEndpoints finds the product's public addresses, where one of its documents takes them over.
func (r *reader) learnEndpoints(ctx context.Context, product *plan.Object) error {
	for _, d := range r.desired {
		if d.Parent != product.Address || d.Kind != kindActiveDoc {
			continue
		}
		if _, ok := d.Fields[fieldServer].(plan.Handed); !ok {
			continue
		}
		p, err := proxyOf(ctx, r, r.s, product.Address)
		if err != nil {
			return err
		}
		product.Outputs[outProductionEndpoint] = maas.WithPort(text(p.Endpoint))
		product.Outputs[outStagingEndpoint] = maas.WithPort(text(p.SandboxEndpoint))
		return nil
	}
	return nil
}

func (activeDocKind) write(ctx context.Context, s *Session, c *change) error {
	product, err := s.id(c.Parent)
	if err != nil {
		return err
	}
	fields := plan.Fields{}
	rewrite := c.Live == nil
	for _, f := range c.Fields {
		switch f.Name {
		case fieldFile, fieldGenerate, fieldServer:
			rewrite = true
		case fieldProduct:
			fields["serviceId"] = product
		default:
			fields[f.Name] = f.New
		}
	}
	if rewrite {
		body, err := s.documentBody(ctx, c)
		if err != nil {
			return err
		}
		fields["body"] = body
	}
	if c.Live != nil {
		return s.update(ctx, c, activeDocsPath, params(fields))
	}
	body := params(fields)
	body["system_name"], body["service_id"] = c.Name, product
	if _, ok := body["name"]; !ok {
		body["name"] = c.Name
	}
	return s.createNamed(ctx, c, activeDocsPath+".json", body, func(ctx context.Context) ([]named, error) {
		return list[named](ctx, s.api, activeDocsPath+".json")
	})
}

// documentBody is the text that 3scale stores, with the server in it.
func (s *Session) documentBody(ctx context.Context, c *change) (string, error) {
	src, ok := c.Desired.Native.(docSource)
	if !ok {
		return "", errors.New("it says neither file nor generate, so there is nothing to create it from")
	}
	body := map[string]any{}
	for k, v := range src.body {
		body[k] = v
	}
	if _, ok := c.Desired.Fields[fieldServer]; ok {
		server, err := s.serverURL(ctx, c)
		if err != nil {
			return "", err
		}
		if server != "" { // a self-managed gateway may have no address yet
			if err := putServer(body, server); err != nil {
				return "", err
			}
		}
	}
	out, err := json.Marshal(body)
	return string(out), err
}

// serverURL is the URL of the gateway; of a product that was made in this run, 3scale is asked.
func (s *Session) serverURL(ctx context.Context, c *change) (string, error) {
	if v, err := c.value(fieldServer); err == nil {
		url, _ := v.(string)
		return url, nil
	}
	h, _ := c.Desired.Fields[fieldServer].(plan.Handed)
	p, err := proxyOf(ctx, s.api, s, c.Parent)
	if err != nil {
		return "", fmt.Errorf("asking for the gateway's address: %w", err)
	}
	if h.Field == outStagingEndpoint {
		return maas.WithPort(text(p.SandboxEndpoint)), nil
	}
	return maas.WithPort(text(p.Endpoint)), nil
}

func (activeDocKind) remove(ctx context.Context, s *Session, c *change) error {
	return s.removeAt(ctx, c, activeDocsPath)
}
