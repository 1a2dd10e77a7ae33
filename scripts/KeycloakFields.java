import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.AnnotatedMethod;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Prints the fields of Keycloak's representations as the server's own JSON library sees them, a line each: representation,
 * field, type. The arguments are the classes to begin with; those that their fields lead to follow.
 */
public class KeycloakFields {
    /** What Keycloak had before its version 2, and keeps for old exports. */
    private static final Set<String> ANCIENT = Set.of("Application", "OAuthClient", "ClientTemplate", "Claim", "SocialLink");

    private final ObjectMapper mapper = new ObjectMapper();
    private final TreeMap<String, Class<?>> ahead = new TreeMap<>();
    private final Set<String> done = new TreeSet<>();

    public static void main(String[] roots) {
        KeycloakFields all = new KeycloakFields();
        for (String root : roots) {
            try {
                all.follow(Class.forName(root, false, KeycloakFields.class.getClassLoader()));
            } catch (ClassNotFoundException e) {
                System.err.println("this version has no " + root);
            }
        }
        TreeSet<String> lines = new TreeSet<>();
        while (!all.ahead.isEmpty()) {
            var next = all.ahead.pollFirstEntry();
            if (all.done.add(next.getKey())) {
                all.fields(next.getKey(), next.getValue(), lines);
            }
        }
        lines.forEach(System.out::println);
    }

    private void fields(String name, Class<?> c, Set<String> lines) {
        BeanDescription bean = mapper.getDeserializationConfig().introspect(mapper.constructType(c));
        for (BeanPropertyDefinition p : bean.findProperties()) {
            lines.add(name + " " + p.getName() + " " + type(taken(p)));
        }
    }

    /** The type that the field takes, where it takes one. */
    private static JavaType taken(BeanPropertyDefinition p) {
        AnnotatedMember m = p.getMutator();
        if (m instanceof AnnotatedMethod) {
            return ((AnnotatedMethod) m).getParameterType(0);
        }
        return m != null ? m.getType() : p.getPrimaryType();
    }

    private String follow(Class<?> c) {
        String name = c.getName().substring(c.getName().lastIndexOf('.') + 1).replace('$', '.').replace("Representation", "");
        if (ANCIENT.contains(name)) {
            return "any";
        }
        ahead.put(name, c);
        return name;
    }

    private String type(JavaType t) {
        Class<?> c = t.getRawClass();
        if (t.isMapLikeType()) {
            return "{" + type(t.getContentType()) + "}";
        }
        if (t.isCollectionLikeType() || t.isArrayType()) {
            return "[" + type(t.getContentType()) + "]";
        }
        if (c.isEnum()) {
            return Arrays.stream(c.getEnumConstants()).map(e -> ((Enum<?>) e).name()).collect(Collectors.joining("|"));
        }
        if (c == Object.class || JsonNode.class.isAssignableFrom(c)) {
            return "any";
        }
        switch (c.getSimpleName()) {
            case "String": return "string";
            case "boolean": case "Boolean": return "boolean";
            case "int": case "Integer": return "int32";
            case "long": case "Long": return "int64";
            default:
        }
        if (!c.getName().startsWith("org.keycloak.")) {
            throw new IllegalStateException("a type that this program doesn't know: " + c);
        }
        return follow(c);
    }
}
