#!/usr/bin/python3
"""case_check.py FILE: is it a graph of CASE/UCO 1.4.0, as far as hozen uses these? JSON without a key twice, the prefixes of the ontologies, each node
once, each reference to a node that is there and of the class that the member asks for, classes and members that exist, values of their datatype, no
more of them than allowed. The table is from the shapes of both ontologies at 1.4.0. Prints how many nodes of each class there are."""
import collections, datetime, json, re, sys

CONTEXT = {**{"uco-" + part: "https://ontology.unifiedcyberontology.org/uco/%s/" % part for part in ("action", "core", "identity", "location", "observable", "tool", "types")},
           "case-investigation": "https://ontology.caseontology.org/case/investigation/", "xsd": "http://www.w3.org/2001/XMLSchema#"}
ONE, MANY, MUST = (0, 1), (0, None), (1, 1)
# class: (its parent, {member: (what its values are, how many)}); a value is text, xsd:..., boolean, or a node of a class
CLASSES = {
    "uco-core:UcoObject": (None, {"uco-core:name": ("text", ONE), "uco-core:description": ("text", MANY), "uco-core:hasFacet": ("uco-core:Facet", MANY),
                                  "uco-core:externalReference": ("uco-core:ExternalReference", MANY), "uco-core:objectCreatedTime": ("xsd:dateTime", ONE),
                                  "case-investigation:wasDerivedFrom": ("uco-core:UcoObject", MANY)}),
    "uco-core:Facet": (None, {}),
    "uco-core:ExternalReference": (None, {"uco-core:definingContext": ("text", ONE), "uco-core:externalIdentifier": ("text", ONE)}),
    "uco-core:Item": ("uco-core:UcoObject", {}),
    "uco-core:ContextualCompilation": ("uco-core:UcoObject", {"uco-core:object": ("uco-core:UcoObject", MANY)}),
    "uco-core:Relationship": ("uco-core:UcoObject", {"uco-core:isDirectional": ("boolean", MUST), "uco-core:kindOfRelationship": ("text", ONE),
                                                     "uco-core:source": ("uco-core:UcoObject", (1, None)), "uco-core:target": ("uco-core:UcoObject", MUST)}),
    "uco-identity:Identity": ("uco-core:UcoObject", {}), "uco-identity:Person": ("uco-identity:Identity", {}), "uco-identity:Organization": ("uco-identity:Identity", {}),
    "uco-location:Location": ("uco-core:UcoObject", {}),
    "uco-tool:Tool": ("uco-core:UcoObject", {"uco-tool:version": ("text", ONE)}),
    "uco-types:Hash": (None, {"uco-types:hashMethod": ("text", MUST), "uco-types:hashValue": ("xsd:hexBinary", MUST)}),
    "uco-observable:ObservableObject": ("uco-core:Item", {}), "uco-observable:Device": ("uco-observable:ObservableObject", {}), "uco-observable:Image": ("uco-observable:ObservableObject", {}),
    "uco-observable:File": ("uco-observable:ObservableObject", {}), "uco-observable:ArchiveFile": ("uco-observable:File", {}),
    "uco-observable:ContentDataFacet": ("uco-core:Facet", {"uco-observable:hash": ("uco-types:Hash", MANY), "uco-observable:sizeInBytes": ("xsd:integer", ONE)}),
    "uco-observable:DeviceFacet": ("uco-core:Facet", {"uco-observable:manufacturer": ("uco-identity:Identity", ONE), "uco-observable:model": ("text", ONE), "uco-observable:serialNumber": ("text", ONE)}),
    "uco-action:ActionArgumentFacet": ("uco-core:Facet", {"uco-action:argumentName": ("text", MUST), "uco-action:value": ("text", MUST)}),
    "uco-action:Action": ("uco-core:UcoObject", {
        **{"uco-action:" + m: ("uco-core:UcoObject", MANY) for m in ("instrument", "object", "participant", "result")}, "uco-action:performer": ("uco-core:UcoObject", ONE),
        "uco-action:location": ("uco-location:Location", MANY), "uco-action:startTime": ("xsd:dateTime", ONE), "uco-action:endTime": ("xsd:dateTime", ONE)}),
    "case-investigation:InvestigativeAction": ("uco-action:Action", {"case-investigation:wasInformedBy": ("case-investigation:InvestigativeAction", MANY)}),
    "case-investigation:Authorization": ("uco-core:UcoObject", {"case-investigation:authorizationIdentifier": ("text", MANY)}),
    "case-investigation:ProvenanceRecord": ("uco-core:ContextualCompilation", {"case-investigation:exhibitNumber": ("text", ONE), "case-investigation:rootExhibitNumber": ("text", MANY)}),
    "case-investigation:Investigation": ("uco-core:ContextualCompilation", {"case-investigation:investigationForm": ("text", ONE),
                                                                            "case-investigation:relevantAuthorization": ("case-investigation:Authorization", MANY)})}
ID = re.compile("urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")

def need(holds, what):
    if not holds: sys.exit("does not hold: " + what)

def once(pairs):
    need(len(dict(pairs)) == len(pairs), "a key twice")
    return dict(pairs)

def line_of(name):
    "The class and all above it."
    while name: yield name; name = CLASSES[name][0]

def literal(v, datatype, where):
    need(isinstance(v, dict) and set(v) == {"@type", "@value"} and v["@type"] == datatype, where)
    if datatype == "xsd:dateTime": datetime.datetime.fromisoformat(re.sub(r"\.(\d{6})\d*", r".\1", v["@value"]).replace("Z", "+00:00"))
    else: need(re.fullmatch({"xsd:hexBinary": "([0-9a-fA-F]{2})+", "xsd:integer": r"\d+"}[datatype], v["@value"]), where)

def main():
    with open(sys.argv[1], "rb") as f: graph = json.loads(f.read(), object_pairs_hook=once)
    need(set(graph) == {"@context", "@graph"} and graph["@context"] == CONTEXT, "the context")
    nodes, asked = {}, []
    def walk(node):
        kind, where = node["@type"], node["@type"] + " " + node["@id"]
        need(ID.fullmatch(node["@id"]), "an id: " + where)
        need(node["@id"] not in nodes, "twice: " + where)
        need(kind in CLASSES, "no class: " + where)
        nodes[node["@id"]] = kind
        members = {}
        for name in line_of(kind): members.update(CLASSES[name][1])
        for key in set(node) - {"@id", "@type"}: need(key in members, key + " of " + where)
        for key, (what, (low, high)) in members.items():
            values = node.get(key, [])
            values = values if isinstance(values, list) else [values]
            need(low <= len(values) and (high is None or len(values) <= high) and (values or key not in node), "how many: %s of %s" % (key, where))
            for v in values:
                if what == "text": need(isinstance(v, str) and v, key + " of " + where)
                elif what == "boolean": need(isinstance(v, bool), key + " of " + where)
                elif what.startswith("xsd:"): literal(v, what, key + " of " + where)
                else:
                    need(isinstance(v, dict) and "@id" in v, key + " of " + where)
                    asked.append((v["@id"], what, key + " of " + where))
                    if set(v) != {"@id"}: walk(v)
    for node in graph["@graph"]: walk(node)
    for target, what, where in asked: need(target in nodes and what in line_of(nodes[target]), "leads nowhere: " + where)
    lonely = set(nodes) - {t for t, _, _ in asked} if "case-investigation:Investigation" in nodes.values() else ()
    for target in lonely: need(nodes[target] in ("case-investigation:Investigation", "uco-core:Relationship"), "nothing leads to " + nodes[target])
    for kind, count in sorted(collections.Counter(nodes.values()).items()): print(kind, count)

if __name__ == "__main__": main()
