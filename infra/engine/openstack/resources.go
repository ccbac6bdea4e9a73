package main

import (
	"unicode"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/terraform-provider-openstack/terraform-provider-openstack/v3/openstack"
)

const (
	pluginName = "openstack"
	// pluginVersion is that of pulumi-openstack in requirements.in: the engine looks the plugin up under it.
	pluginVersion = "5.5.3"
)

// sdkName is a module and a member of it, as the Python SDK names them.
type sdkName struct{ module, member string }

// resources says what is served, by its name in the Terraform provider.
var resources = map[string]sdkName{
	"openstack_blockstorage_volume_v3":             {"blockstorage", "Volume"},
	"openstack_compute_instance_v2":                {"compute", "Instance"},
	"openstack_compute_keypair_v2":                 {"compute", "Keypair"},
	"openstack_compute_servergroup_v2":             {"compute", "ServerGroup"},
	"openstack_compute_volume_attach_v2":           {"compute", "VolumeAttach"},
	"openstack_dns_recordset_v2":                   {"dns", "RecordSet"},
	"openstack_dns_zone_v2":                        {"dns", "Zone"},
	"openstack_networking_floatingip_associate_v2": {"networking", "FloatingIpAssociate"},
	"openstack_networking_floatingip_v2":           {"networking", "FloatingIp"},
	"openstack_networking_network_v2":              {"networking", "Network"},
	"openstack_networking_port_v2":                 {"networking", "Port"},
	"openstack_networking_router_interface_v2":     {"networking", "RouterInterface"},
	"openstack_networking_router_v2":               {"networking", "Router"},
	"openstack_networking_secgroup_rule_v2":        {"networking", "SecGroupRule"},
	"openstack_networking_secgroup_v2":             {"networking", "SecGroup"},
	"openstack_networking_subnet_v2":               {"networking", "Subnet"},
	"openstack_objectstorage_container_v1":         {"objectstorage", "Container"},
}

var dataSources = map[string]sdkName{
	"openstack_compute_flavor_v2":     {"compute", "getFlavor"},
	"openstack_dns_zone_v2":           {"dns", "getDnsZone"},
	"openstack_images_image_v2":       {"images", "getImage"},
	"openstack_networking_network_v2": {"networking", "getNetwork"},
}

// provider is the Terraform provider, reduced to what is listed above.
func provider() tfbridge.ProviderInfo {
	upstream := openstack.Provider()
	keepOnly(upstream.ResourcesMap, resources)
	keepOnly(upstream.DataSourcesMap, dataSources)
	info := tfbridge.ProviderInfo{
		P:           shim.NewProvider(upstream),
		Name:        pluginName,
		Version:     pluginVersion,
		Resources:   map[string]*tfbridge.ResourceInfo{},
		DataSources: map[string]*tfbridge.DataSourceInfo{},
	}
	for key, name := range resources {
		info.Resources[key] = &tfbridge.ResourceInfo{Tok: tokens.Type(name.token())}
	}
	for key, name := range dataSources {
		info.DataSources[key] = &tfbridge.DataSourceInfo{Tok: tokens.ModuleMember(name.token())}
	}
	info.SetAutonaming(255, "-")
	return info
}

// token is openstack:module/member:Member, the part between with a small initial.
func (name sdkName) token() string {
	file := []rune(name.member)
	file[0] = unicode.ToLower(file[0])
	return pluginName + ":" + name.module + "/" + string(file) + ":" + name.member
}

func keepOnly(all map[string]*schema.Resource, wanted map[string]sdkName) {
	for key := range all {
		if _, is := wanted[key]; !is {
			delete(all, key)
		}
	}
}
