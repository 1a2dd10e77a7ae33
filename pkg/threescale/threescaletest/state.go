package threescaletest

import (
	"encoding/json"
	"fmt"
	"io"
)

// Save writes all that the installation holds, as JSON: tenants with their tokens and
// secrets, so the file is one too. Requests go on in the meantime; each tenant is
// written as it is at one moment.
func (s *Server) Save(out io.Writer) error {
	tenants := s.world.all()
	saved := savedWorld{Version: stateVersion, Token: s.opts.Token, MasterToken: s.opts.MasterToken, Host: s.opts.Host}
	for _, t := range tenants {
		raw, err := lockedJSON(t)
		if err != nil {
			return fmt.Errorf("save the tenant %s: %w", t.AdminDomain, err)
		}
		saved.Tenants = append(saved.Tenants, raw)
	}
	var err error
	if saved.Master, err = lockedJSON(s.world.Master.Tenant); err != nil {
		return fmt.Errorf("save the master account: %w", err)
	}
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	saved.Last = s.world.Last
	if err := json.NewEncoder(out).Encode(saved); err != nil {
		return fmt.Errorf("save the state: %w", err)
	}
	return nil
}

// stateVersion is the version of the form of a saved state.
const stateVersion = 1

// savedWorld is a saved state.
type savedWorld struct {
	Version     int               `json:"version"`
	Token       string            `json:"token"`
	MasterToken string            `json:"master_token"`
	Host        string            `json:"host"`
	Last        map[string]int64  `json:"last_ids"`
	Master      json.RawMessage   `json:"master"`
	Tenants     []json.RawMessage `json:"tenants"`
}

func lockedJSON(t *tenant) (json.RawMessage, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return json.Marshal(t)
}

// Load makes a server from what Save wrote. Tokens and the host name are those of the
// state, whatever the options say.
func Load(opts Options, in io.Reader) (*Server, error) {
	d := json.NewDecoder(in)
	d.UseNumber()
	var saved savedWorld
	if err := d.Decode(&saved); err != nil {
		return nil, fmt.Errorf("load a state: %w", err)
	}
	if saved.Version != stateVersion || len(saved.Tenants) == 0 {
		return nil, fmt.Errorf("load a state: version %d with %d tenants; want version %d and a tenant", saved.Version, len(saved.Tenants), stateVersion)
	}
	opts.Token, opts.MasterToken, opts.Host = saved.Token, saved.MasterToken, saved.Host
	s := build(opts)
	s.world = &world{Last: saved.Last}
	var err error
	if s.world.Master.Tenant, err = readTenant(saved.Master); err != nil {
		return nil, fmt.Errorf("load a state: the master account: %w", err)
	}
	for _, raw := range saved.Tenants {
		t, err := readTenant(raw)
		if err != nil {
			return nil, fmt.Errorf("load a state: %w", err)
		}
		s.world.Tenants = append(s.world.Tenants, t)
	}
	return s, nil
}

func readTenant(raw json.RawMessage) (*tenant, error) {
	t := &tenant{}
	if err := json.Unmarshal(raw, t); err != nil {
		return nil, err
	}
	t.reindex()
	return t, nil
}
